"""How labelers learn, and how they stand: instructions, gold, practice, screening, their own figures."""

from annotation.learning.beside import Beside, beside

__all__ = ["Beside", "beside"]

"""The PostgreSQL and the Redis-protocol server that come with Stepmark, for machines that name none.

One *keeper* process a data folder runs both servers. Whoever needs them *holds* them: a shared file lock
that the kernel drops when the holder ends, however it ends. The keeper stops the servers, and itself, when
nobody holds them any more.
"""

from annotation.embedded.hold import EmbeddedError, Hold, current_hold, held
from annotation.embedded.home import Home
from annotation.embedded.listening import listening, port_of

__all__ = ["EmbeddedError", "Hold", "Home", "current_hold", "held", "listening", "port_of"]

"""The embedded process reward model: small, and trained on the labels so far within seconds.

It looks at checked arithmetic and algebra, at where numbers come from, at form and words. It does not understand
mathematics; its report says how far that goes on problems it has not seen. `training.train` makes a
`model.Model`, which scores; only training needs scikit-learn, so it is not imported here.
"""

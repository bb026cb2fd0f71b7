"""The rules by which the target of an edge is found, and how far each can be trusted. From the surest to the weakest.

Confidence follows from the rule and the number of candidates alone: `CONFIDENCE[rule] / candidates`.
"""

from collections.abc import Mapping

SYNTAX = "syntax"
OWN_SCOPE = "own scope"
IMPORT = "import"
BUILTIN = "builtin"
SELF = "self"
SUPER = "super"
CLASS = "class"
ANNOTATED = "annotated receiver"
CONSTRUCTED = "constructed receiver"
RETURNED = "returned receiver"
OUTSIDE_RECEIVER = "receiver from outside"
OUTSIDE_BASE = "outside base"
STAR_IMPORT = "star import"
SUBCLASS = "subclass"
UNIQUE_NAME = "unique name"

CONFIDENCE: Mapping[str, float] = {
    SYNTAX: 1.0,  # one lies within the other
    OWN_SCOPE: 0.98,  # the name is bound in the scopes around it, in the order in which the language looks
    IMPORT: 0.95,  # the name was imported, and the import followed to where it is defined
    BUILTIN: 0.95,  # the name is bound nowhere and is one of the language's own
    SELF: 0.95,  # on `self`: the first class with that member in the order of its bases
    SUPER: 0.92,  # the same, after the class that says so
    CLASS: 0.92,  # on a class itself
    ANNOTATED: 0.9,  # on what is declared to be of that class
    CONSTRUCTED: 0.9,  # on what was made by calling that class
    RETURNED: 0.8,  # on what a function of the repository gives, by its own returns or annotation
    OUTSIDE_RECEIVER: 0.85,  # on an instance of a class outside the repository
    OUTSIDE_BASE: 0.8,  # not in the class nor in its bases here, but in its one base outside
    STAR_IMPORT: 0.85,  # through `import *`
    SUBCLASS: 0.7,  # on `self`, in a class that derives from this one
    UNIQUE_NAME: 0.5,  # the receiver is unknown; the repository has one method of that unusual name
}

# Why a call leads nowhere.
UNKNOWN_NAME = "name is bound nowhere"
UNKNOWN_VALUE = "value is not known"
UNKNOWN_RECEIVER = "receiver is not known"
SEVERAL_METHODS = "receiver is not known and several methods have the name"
FROM_OUTSIDE = "receiver comes from an outside call"
NO_MEMBER = "class has no such member"
UNKNOWN_BASE = "a base class is not known"
COMPUTED = "callee is computed"

"""What can go wrong before there is a model: the export, the mapping or the number of rows.

ModelError
└── BadTraining    the rows cannot be learnt from
    ├── BadExport  the file cannot be read as an export
    └── BadMapping the mapping file is wrong
"""

from models.errors import ModelError


class BadTraining(ModelError):  # noqa: N818 - errors are named for what happened
    """The rows cannot be learnt from: too few, one label only, no label column."""


class BadExport(BadTraining):
    """The file is not a ServiceNow export that can be read."""


class BadMapping(BadTraining):
    """The mapping file from fields to labels is wrong."""

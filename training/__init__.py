"""Everything that teaches: exports read, models fitted, contracts certified, reports written."""

"""Everything that guesses: text preparation, features, calibration, artefacts and the registry."""

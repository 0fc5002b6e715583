"""Why a verdict or a figure is what it is."""

"""The pure engine: a flow is data, a run is a value, `advance` is all that happens."""

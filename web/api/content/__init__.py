"""The rooms of content over HTTP: flows from draft to version, and the ways into them."""

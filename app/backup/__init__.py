"""An installation in one sealed file: taken while it works, tried out, restored into either database."""

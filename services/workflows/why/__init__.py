"""Why somebody has, or has not, what was paid for: order → payment → notice → access → invite → join → lesson."""

"""Money that goes back, because we wish it or because the provider says so."""

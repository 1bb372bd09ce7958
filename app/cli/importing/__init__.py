"""`tandem import`: what is given is recognised, and each kind has its file here."""

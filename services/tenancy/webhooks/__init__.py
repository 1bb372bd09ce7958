"""Other systems that are told what happens in an account."""

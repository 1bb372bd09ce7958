"""E-mail, for who wants it: the address, said twice, and the letters that go there."""

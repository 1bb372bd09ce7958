"""Small tools that know nothing of the product and could be published without it."""

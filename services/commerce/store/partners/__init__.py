"""Partners: whom they brought, and what they earn by it."""

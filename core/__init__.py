"""What the product is: the engine, pure rules, tables and ports."""

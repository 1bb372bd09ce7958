"""From a chosen tariff to an order, and everything bought."""

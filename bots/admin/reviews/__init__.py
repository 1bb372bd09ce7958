"""What curators do with work and questions."""

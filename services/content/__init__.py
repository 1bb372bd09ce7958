"""What is taught and said: flows, versions, deployments, tokens, template values, media."""

"""Stand-ins of payment providers over real HTTP, each as strict as the original."""

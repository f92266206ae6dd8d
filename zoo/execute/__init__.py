"""How trainings run: side by side in processes or on Ray, and what is shown of them."""

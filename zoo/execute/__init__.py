"""How trainings run: in parallel in processes or on Ray, and how their progress is shown."""

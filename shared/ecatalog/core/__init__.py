"""The base of everything else."""

"""What evaluate.py measures a model against, and how others draw what it found."""

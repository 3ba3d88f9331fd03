"""What machines say, held against what labelers say: scores of steps, picks of the queue, grades of answers."""

"""Events from a topic of Kafka into the history: a worker, put together (`worker.py`) of parts that each keep one thing."""

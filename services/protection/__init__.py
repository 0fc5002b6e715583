"""What protects people: who may see what is said about them, who looked, and what is kept where, until when."""

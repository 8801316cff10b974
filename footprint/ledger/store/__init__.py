"""What is stored: canonical bytes, what is hashed of them, the tables and who appends to them."""

"""What commands do, where that is more than their grammar."""

"""Personal data in columns of text: found by kind with how sure that is, masked. Arrays in and out."""

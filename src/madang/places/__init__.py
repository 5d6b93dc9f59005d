"""Where things are: registers of areas, codes and their history, coordinate systems, addresses. Arrays in and out."""

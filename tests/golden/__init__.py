"""What the house sends, byte for byte."""

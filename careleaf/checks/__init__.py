"""What makes a handout or a catalogue wrong."""

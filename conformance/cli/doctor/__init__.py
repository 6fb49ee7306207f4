"""What the machine must bring: which tools are here, what is lost without the others."""

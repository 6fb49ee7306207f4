"""Films made elsewhere (OBS, Game Bar, a phone): laid on the journal of a run, checked, kept."""

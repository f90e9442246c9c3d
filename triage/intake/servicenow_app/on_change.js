(function executeRule(current, previous) {
    // What triage writes itself would only come back to it.
    if (gs.getUserName() === gs.getProperty('triage.integration.user', 'triage.integration')) {
        return;
    }
    new TriageHint().send(current, 0);
})(current, previous);

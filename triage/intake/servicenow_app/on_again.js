new TriageHint().send(current, parseInt(event.parm1, 10) || 1);

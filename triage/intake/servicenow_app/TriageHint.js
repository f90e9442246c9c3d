// Tells the ticket triage that a record changed. The hint is signed and names the record only; the service
// reads the record itself, so that nothing of a ticket leaves the instance on this way.
var TriageHint = Class.create();

// The sys_id of the connection and credential alias that this update set brings: its connection has the
// address of the service, its basic-auth credential the shared secret as password.
TriageHint.ALIAS = '@ALIAS@';
TriageHint.EVENT = 'triage.hint.again';
TriageHint.MOST_ATTEMPTS = 8;
TriageHint.LONGEST_WAIT = 3600;
TriageHint.TIMEOUT_MS = 10000;

TriageHint.prototype = {
    type: 'TriageHint',

    // Sends the hint about a record; one that could not be delivered is sent again later, from an event.
    // attempt counts from 0. Returns what became of it: 'sent', 'again', 'refused' or 'given up'.
    send: function (record, attempt) {
        var answer = this._post(JSON.stringify({
            table: record.getTableName(),
            sys_id: record.getUniqueValue()
        }));
        if (answer.status >= 200 && answer.status < 300) {
            return 'sent';
        }
        if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
            gs.error('Triage refuses our hints (' + answer.status + '): check secret, address and clock.');
            return 'refused';
        }
        if (attempt + 1 >= TriageHint.MOST_ATTEMPTS) {
            gs.warn('Triage does not answer (' + answer.status + '); it finds the record by polling.');
            return 'given up';
        }
        this._again(record, attempt, this.pause(attempt, answer.retryAfter));
        return 'again';
    },

    // Seconds to wait after this attempt: what the service asks for, else 30 seconds doubled each time.
    pause: function (attempt, retryAfter) {
        var asked = /^[0-9]{1,6}$/.test(retryAfter || '') ? parseInt(retryAfter, 10) : 0;
        return Math.min(Math.max(asked, asked ? 1 : 30 * Math.pow(2, attempt)), TriageHint.LONGEST_WAIT);
    },

    // Hex of the bytes that a Base64 text stands for, since the service compares hex.
    hex: function (base64) {
        var letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
        var bits = 0, count = 0, found = '';
        for (var i = 0; i < base64.length; i++) {
            var value = letters.indexOf(base64.charAt(i));
            if (value < 0) {
                continue; // padding and line breaks
            }
            bits = ((bits << 6) | value) & 0xfff;
            count += 6;
            if (count >= 8) {
                count -= 8;
                found += ('0' + ((bits >> count) & 0xff).toString(16)).slice(-2);
            }
        }
        return found;
    },

    // HMAC-SHA256 over the time and the body, one after the other.
    sign: function (secret, stamp, body) {
        var key = GlideStringUtil.base64Encode(secret);
        return this.hex(String(new GlideCertificateEncryption().generateMac(key, 'HmacSHA256', stamp + body)));
    },

    _post: function (body) {
        try {
            var at = new sn_cc.ConnectionInfoProvider().getConnectionInfo(TriageHint.ALIAS);
            var stamp = String(Math.floor(new Date().getTime() / 1000));
            var message = new sn_ws.RESTMessageV2('Triage hint', 'hint');
            message.setEndpoint(String(at.getAttribute('connection_url')) + '/api/v1/webhooks/servicenow');
            message.setHttpTimeout(TriageHint.TIMEOUT_MS);
            message.setRequestHeader('Content-Type', 'application/json');
            message.setRequestHeader('X-Triage-Timestamp', stamp);
            message.setRequestHeader('X-Triage-Signature',
                this.sign(String(at.getCredentialAttribute('password')), stamp, body));
            message.setRequestBody(body);
            var response = message.execute();
            return {
                status: Number(response.getStatusCode()),
                retryAfter: String(response.getHeader('Retry-After') || '')
            };
        } catch (problem) {
            gs.warn('A hint could not be sent to triage: ' + problem);
            return { status: 0, retryAfter: '' };
        }
    },

    _again: function (record, attempt, seconds) {
        var due = new GlideDateTime();
        due.addSeconds(seconds);
        gs.eventQueueScheduled(TriageHint.EVENT, record, String(attempt + 1), '', due);
    }
};

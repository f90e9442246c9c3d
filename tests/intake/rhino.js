// The parts of ServiceNow's server that our scripts use; what they do is written into `log` and answers come
// from `answers`, one a request.
var log = { sent: [], again: [], errors: [], warnings: [] };
var answers = dukpy.answers.slice();
var Class = {
    create: function () {
        return function () {};
    }
};
var gs = {
    getUserName: function () { return dukpy.user; },
    getProperty: function (name, otherwise) { return otherwise; },
    error: function (text) { log.errors.push(text); },
    warn: function (text) { log.warnings.push(text); },
    eventQueueScheduled: function (name, record, parm1, parm2, due) {
        log.again.push({ name: name, sys_id: record.getUniqueValue(), parm1: parm1, seconds: due.seconds });
    }
};
var GlideStringUtil = {
    base64Encode: function (text) { return call_python('base64', text); }
};
function GlideCertificateEncryption() {}
GlideCertificateEncryption.prototype.generateMac = function (key, algorithm, data) {
    return call_python('mac', key, algorithm, data);
};
function GlideDateTime() { this.seconds = 0; }
GlideDateTime.prototype.addSeconds = function (seconds) { this.seconds += seconds; };
var sn_cc = {
    ConnectionInfoProvider: function () {
        this.getConnectionInfo = function (alias) {
            return {
                getAttribute: function (name) { return name === 'connection_url' ? 'https://triage.test' : null; },
                getCredentialAttribute: function (name) { return name === 'password' ? dukpy.secret : null; }
            };
        };
    }
};
var sn_ws = {
    RESTMessageV2: function (message, name) {
        var request = { message: message, name: name, headers: {} };
        this.setEndpoint = function (url) { request.url = url; };
        this.setHttpTimeout = function (ms) { request.timeout = ms; };
        this.setRequestHeader = function (name, value) { request.headers[name] = value; };
        this.setRequestBody = function (body) { request.body = body; };
        this.execute = function () {
            log.sent.push(request);
            var answer = answers.shift();
            if (answer.status === 0) {
                throw new Error('connection timed out');
            }
            return {
                getStatusCode: function () { return answer.status; },
                getHeader: function () { return answer.retryAfter || null; }
            };
        };
    }
};
var current = {
    getTableName: function () { return 'incident'; },
    getUniqueValue: function () { return dukpy.sys_id; }
};
var previous = null;
var event = { parm1: dukpy.attempt };

'use strict';
/**
 * `platform.api`: every documented order of arguments, and the result a script gets.
 * Source: hosts/PROTOCOL.md section 5.
 */

const { isMap, formOf } = require('./event');

const kVerbs = ['get', 'post', 'put', 'patch', 'delete'];

/** One known name makes a map options: the server then refuses what it does not know, by name. */
function isOptions(value) {
    if (!isMap(value)) return false;
    const names = Object.keys(value);
    return names.length === 0 || names.some(
        (key) => key === 'headers' || key === 'parameters' || key.startsWith('CURLOPT_'));
}

/** A map of strings from a map. */
function strings(value, ledger) {
    const out = {};
    if (isMap(value)) {
        for (const key of Object.keys(value)) {
            const member = value[key];
            if (member === undefined || member === null || typeof member === 'function') continue;
            out[key] = typeof member === 'string' ? member : ledger.encode(member);
        }
    }
    return out;
}

/** The options that only the server knows what to do with; `headers` is one of them when it is a list. */
function others(settings, ledger) {
    const { headers, parameters, ...rest } = settings;
    if (Array.isArray(headers) && headers.length > 0) rest.headers = headers;
    return strings(rest, ledger);
}

/**
 * The arguments of get, post, put, patch, delete or call, sorted out.
 * Shape: {head: {method, path, parameters, headers, options}, payload: null or [form, data], callback}.
 * Errors: TypeError for a missing path or verb.
 */
function sortArguments(verb, given, ledger) {
    const args = [...given];
    let callback = null;
    while (args.length > 0 && args[args.length - 1] === undefined) args.pop();
    if (typeof args[args.length - 1] === 'function') callback = args.pop();
    const method = verb === 'call' ? args.shift() : verb;
    const path = args.shift();
    if (typeof method !== 'string' || method === '') throw new TypeError('platform.api: the verb is missing');
    if (typeof path !== 'string' || path === '') throw new TypeError('platform.api: the path is missing');
    let [payload, options] = args;
    if ((verb === 'get' || verb === 'delete') && args.length === 1 && isOptions(payload)) {
        options = payload;
        payload = undefined;
    }
    const settings = isMap(options) ? options : {};
    const head = {
        method: method.toUpperCase(),
        path,
        parameters: strings(settings.parameters, ledger),
        headers: strings(settings.headers, ledger),
        options: others(settings, ledger),
    };
    const isNone = payload === undefined || payload === null || payload === '';
    return { head, payload: isNone ? null : formOf({ ledger }, payload), callback };
}

/** `parts` is of the reply frame; its content is decoded when first read. */
function makeResult(head, parts, ledger) {
    let content;
    let isDecoded = false;
    return {
        status_code: head.status_code,
        get content() {
            if (!isDecoded) this.content = decode(parts, ledger);
            return content;
        },
        set content(value) {
            content = value;
            isDecoded = true;
        },
        content_type: head.content_type === undefined ? null : head.content_type,
        headers: head.headers || {},
    };
}

function decode(parts, ledger) {
    const form = parts.form('content');
    if (form === null) return null;
    if (form === 'bytes') return parts.bytes('content');
    const text = parts.text('content');
    if (form !== 'json') return text;
    try {
        return ledger.decode(text, parts.shape('content')).value;
    } catch {
        return text;
    }
}

/** What a callback gets: the body as text, and the response in the manner of Node's http. */
function callbackArguments(head, parts) {
    const form = parts.form('content');
    const response = {
        statusCode: head.status_code,
        statusMessage: head.reason || '',
        headers: head.headers || {},
    };
    return [form === null ? '' : parts.text('content'), response];
}

/** The `platform.api` object: `request(verb, arguments)` does the work. */
function makeApi(request) {
    const api = {};
    for (const verb of [...kVerbs, 'call']) {
        api[verb] = Object.freeze((...args) => request(verb, args));
    }
    return Object.freeze(api);
}

module.exports = { makeApi, sortArguments, makeResult, callbackArguments };

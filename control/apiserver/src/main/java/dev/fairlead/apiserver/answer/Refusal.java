// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.answer;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.ownership.ApplyConflict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why a request was not done, as Kubernetes says it: a {@code Status} of code, reason, message and details. Thrown where the
 * reason is found, caught once where the reply is made; it has no stack trace, being an answer and no fault.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final String reason;
    private final String text;
    private final transient Map<String, Object> details;
    private final transient Map<String, Object> listMeta;

    private Refusal(
            int code, String reason, String message, Map<String, Object> details, Map<String, Object> listMeta) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
        this.text = message;
        this.details = details;
        this.listMeta = listMeta;
    }

    /** The HTTP status code. */
    public int code() {
        return code;
    }

    /** The {@code Status} object. */
    public Map<String, Object> status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", listMeta);
        status.put("status", "Failure");
        status.put("message", text);
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (!details.isEmpty()) {
            status.put("details", details);
        }
        status.put("code", (long) code);
        return status;
    }

    /** Any refusal without details. */
    public static Refusal of(int code, String reason, String message) {
        return new Refusal(code, reason, message, Map.of(), Map.of());
    }

    /** 400: the request cannot be understood. */
    public static Refusal badRequest(String message) {
        return of(400, "BadRequest", message);
    }

    /** 401: nobody knows who asks. */
    public static Refusal unauthorized() {
        return of(401, "Unauthorized", "Unauthorized");
    }

    /** 403: {@code name} is there or could be, but this may not be done with it. */
    public static Refusal forbidden(Resource resource, String name, String why) {
        String what = name.isEmpty() ? resource.qualified() : resource.qualified() + " \"" + name + "\"";
        return detailed(403, "Forbidden", what + " is forbidden: " + why, details(resource, name));
    }

    /** 403: the same of something that is no object of ours. */
    public static Refusal forbidden(String group, String plural, String name, String why) {
        Map<String, Object> details = new LinkedHashMap<>();
        put(details, "name", name);
        put(details, "group", group);
        put(details, "kind", plural);
        String qualified = group.isEmpty() ? plural : plural + "." + group;
        return detailed(403, "Forbidden", qualified + " \"" + name + "\" is forbidden: " + why, details);
    }

    /** 403: the same of all of them. */
    public static Refusal forbidden(String group, String plural, String why) {
        Map<String, Object> details = new LinkedHashMap<>();
        put(details, "group", group);
        put(details, "kind", plural);
        String qualified = group.isEmpty() ? plural : plural + "." + group;
        return detailed(403, "Forbidden", qualified + " is forbidden: " + why, details);
    }

    /** 403: what the words say, of no object. */
    public static Refusal forbidden(String why) {
        return of(403, "Forbidden", "forbidden: " + why);
    }

    /** 404: there is no such object. */
    public static Refusal notFound(Resource resource, String name) {
        return detailed(404, "NotFound", quoted(resource, name) + " not found", details(resource, name));
    }

    /** 404: there is no such path. */
    public static Refusal noSuchPath() {
        return of(404, "NotFound", "the server could not find the requested resource");
    }

    /** 405: not with this path. */
    public static Refusal notAllowed() {
        return of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    /** 406: none of the media types asked for can be made. */
    public static Refusal notAcceptable(List<String> offered) {
        return notAcceptable("only the following media types are accepted: " + String.join(", ", offered));
    }

    /** 406: what is asked for cannot be made in the form that is asked for. */
    public static Refusal notAcceptable(String why) {
        return of(406, "NotAcceptable", why);
    }

    /** 409: the name is taken. */
    public static Refusal alreadyExists(Resource resource, String name) {
        return detailed(409, "AlreadyExists", quoted(resource, name) + " already exists", details(resource, name));
    }

    /** 409: the object changed since it was read. */
    public static Refusal modified(Resource resource, String name) {
        return conflict(
                resource,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    /** 409: what the request takes for granted is not so. */
    public static Refusal conflict(Resource resource, String name, String why) {
        return detailed(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + quoted(resource, name) + ": " + why,
                details(resource, name));
    }

    /** 409: fields of others would change. */
    public static Refusal applyConflict(ApplyConflict conflict) {
        List<Map<String, Object>> causes = conflict.causes().stream()
                .map(each -> cause("FieldManagerConflict", each.message(), each.field()))
                .toList();
        return detailed(409, "Conflict", String.valueOf(conflict.getMessage()), Map.of("causes", causes));
    }

    /** 410: that revision is forgotten. */
    public static Refusal expired(String message) {
        return of(410, "Expired", message);
    }

    /** 410: the pages of a list cannot be continued, but {@code token} goes on with the newest state. */
    public static Refusal expiredPages(String token) {
        String message =
                "The provided continue parameter is too old to display a consistent list result. You can start a"
                        + " new list without the continue parameter, or use the continue token in this response to retrieve the"
                        + " remainder of the results. Continuing with the provided token results in an inconsistent list -"
                        + " objects that were created, modified, or deleted between the time the first chunk was returned and"
                        + " now may show up in the list.";
        return new Refusal(410, "Expired", message, Map.of(), Map.of("continue", token));
    }

    /** 413: the body is larger than {@code limit} bytes. */
    public static Refusal tooLarge(long limit) {
        return tooLarge("limit is " + limit);
    }

    /** 413: doing it would take too much; {@code why} says of what. */
    public static Refusal tooLarge(String why) {
        return of(413, "RequestEntityTooLarge", "Request entity too large: " + why);
    }

    /** 415: this media type cannot be read here. */
    public static Refusal unsupportedMediaType(String type, List<String> supported) {
        return of(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: "
                        + String.join(", ", supported)
                        + (type.isEmpty() ? "" : " (not " + type + ")"));
    }

    /** 422: the object's fields are wrong. */
    public static Refusal invalid(Resource resource, String name, List<Invalid> errors) {
        return invalid(resource.group(), resource.kind(), name, errors);
    }

    /** 422: the fields of a {@code kind} are wrong: an object, or the options of a request. */
    public static Refusal invalid(String group, String kind, String name, List<Invalid> errors) {
        List<String> messages =
                errors.stream().map(Invalid::toString).distinct().toList();
        String all = messages.size() == 1 ? messages.getFirst() : "[" + String.join(", ", messages) + "]";
        String qualified = group.isEmpty() ? kind : kind + "." + group;
        Map<String, Object> details = new LinkedHashMap<>();
        put(details, "name", name);
        put(details, "group", group);
        put(details, "kind", kind);
        details.put(
                "causes",
                errors.stream()
                        .map(error -> cause(error.kind().reason(), error.message(), error.path()))
                        .toList());
        return detailed(422, "Invalid", qualified + " \"" + name + "\" is invalid: " + all, details);
    }

    /** 408: the request did not come to its end in time. */
    public static Refusal tooSlow() {
        return of(408, "Timeout", "Timeout: the body of the request did not come in time");
    }

    /** 429: others have to be answered first. */
    public static Refusal tooMany() {
        return of(429, "TooManyRequests", "Too many requests, please try again later.")
                .retryAfter(1);
    }

    /** 500: not the client's fault. */
    public static Refusal internal(String message) {
        Map<String, Object> details = Map.of("causes", List.of(Map.of("message", message)));
        return detailed(500, "InternalError", "Internal error occurred: " + message, details);
    }

    /** 503: not now. */
    public static Refusal unavailable(String message) {
        return of(503, "ServiceUnavailable", message);
    }

    /** 504: a pod that was asked did not begin its answer in {@code patience}. */
    public static Refusal podTooSlow(Duration patience) {
        return of(
                504,
                "Timeout",
                "Timeout: the pod did not begin to answer within " + patience.toSeconds()
                        + " s; look whether its process still answers on that port");
    }

    /** 504: the answer took too long. */
    public static Refusal tooLate() {
        return of(504, "Timeout", "Timeout: request did not complete within the allotted timeout");
    }

    /** 504: a revision that is not there yet. */
    public static Refusal futureRevision(long requested, long current) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("causes", List.of(cause("ResourceVersionTooLarge", "Too large resource version", "")));
        details.put("retryAfterSeconds", 1L);
        return detailed(
                504, "Timeout", "Timeout: Too large resource version: " + requested + ", current: " + current, details);
    }

    /** The same refusal with a cause: reason and message. */
    public Refusal because(String causeReason, String message, String field) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        List<Object> causes = new ArrayList<>();
        causes.add(cause(causeReason, message, field));
        more.put("causes", causes);
        return new Refusal(code, reason, text, more, listMeta);
    }

    /** The same refusal that asks to come again after some seconds. */
    public Refusal retryAfter(long seconds) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put("retryAfterSeconds", seconds);
        return new Refusal(code, reason, text, more, listMeta);
    }

    private static Refusal detailed(int code, String reason, String message, Map<String, Object> details) {
        return new Refusal(code, reason, message, details, Map.of());
    }

    private static String quoted(Resource resource, String name) {
        return resource.qualified() + " \"" + name + "\"";
    }

    private static Map<String, Object> details(Resource resource, String name) {
        Map<String, Object> details = new LinkedHashMap<>();
        put(details, "name", name);
        put(details, "group", resource.group());
        put(details, "kind", resource.plural());
        return details;
    }

    private static Map<String, Object> cause(String reason, String message, String field) {
        Map<String, Object> cause = new LinkedHashMap<>();
        put(cause, "reason", reason);
        put(cause, "message", message);
        put(cause, "field", field);
        return cause;
    }

    private static void put(Map<String, Object> map, String name, String value) {
        if (!value.isEmpty()) {
            map.put(name, value);
        }
    }
}

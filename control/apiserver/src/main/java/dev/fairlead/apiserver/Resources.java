// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.access.Reviews;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.explain.Counting;
import dev.fairlead.apiserver.explain.Explaining;
import dev.fairlead.apiserver.observe.Visit;
import dev.fairlead.apiserver.proxy.Proxy;
import dev.fairlead.apiserver.read.Reader;
import dev.fairlead.apiserver.read.Watcher;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.request.Selection;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.apiserver.streams.Logs;
import dev.fairlead.apiserver.streams.PodStreams;
import dev.fairlead.apiserver.token.TokenRequests;
import dev.fairlead.apiserver.write.Change;
import dev.fairlead.apiserver.write.Creation;
import dev.fairlead.apiserver.write.Decoder;
import dev.fairlead.apiserver.write.Deletion;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.protobuf.Protobuf;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Requests about objects: which verb it is, whether it may be, and who does it. */
record Resources(
        Reader reader,
        Watcher watcher,
        Creation creation,
        Change change,
        Deletion deletion,
        Logs logs,
        PodStreams streams,
        Proxy proxy,
        Explaining explaining,
        Counting counting,
        Reviews reviews,
        TokenRequests tokens,
        Decoder decoder,
        Protobuf protobuf,
        Authorizer authorizer) {
    /** What can be done with kinds that are answered and not stored. */
    private static final List<String> ASKED = List.of("create");

    private static final String TOKEN = "token";

    private static final Set<String> READ_ONLY = Set.of("log", "explain");
    private static final Set<Verb> SELECTED = Set.of(Verb.LIST, Verb.WATCH, Verb.DELETECOLLECTION);

    private enum Verb {
        GET,
        LIST,
        WATCH,
        CREATE,
        UPDATE,
        PATCH,
        DELETE,
        DELETECOLLECTION;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Notes what a request is about that may be refused before it is answered. */
    static void note(Visit visit, Target target) {
        try {
            verb(visit, target, Query.of(visit.request().target()));
        } catch (Refusal toldLater) {
            // what cannot be asked is refused when it is known who asks
        }
    }

    private static Verb verb(Visit visit, Target target, Query query) {
        String method = visit.request().method();
        visit.about(target, method.toLowerCase(Locale.ROOT));
        Verb verb = verb(method, target, query);
        visit.about(target, verb.text());
        return verb;
    }

    Reply answer(Visit visit, Target target, User user) throws InterruptedException {
        Request request = visit.request();
        Query query = Query.of(request.target());
        Verb verb = verb(visit, target, query);
        authorize(visit, user, verb, target, query);
        if (verb == Verb.GET && PodStreams.SUBRESOURCES.contains(target.subresource())) {
            authorize(visit, user, Verb.CREATE, target, query); // a WebSocket comes by GET, and does what POST does
        }
        if (target.resource().verbs().equals(ASKED)) {
            return Answers.json(
                    201, reviews.answer(target.resource(), target.namespace(), decoder.tree(request), user));
        }
        if (target.subresource().equals(TOKEN)) {
            return tokens.issue(target, decoder.tree(request), user);
        }
        if (target.subresource().equals("log")) {
            return logs.answer(target, query);
        }
        if (PodStreams.SUBRESOURCES.contains(target.subresource())) {
            return streams.answer(request, target, query);
        }
        if (target.subresource().equals(Target.PROXY)) {
            return proxy.answer(request, target);
        }
        if (target.subresource().equals("explain")) {
            return explaining.service(
                    new ObjectName(target.namespace(), target.name()),
                    query,
                    namespace ->
                            authorizer.allows(user, new Act.OnObject("get", "", "services/explain", namespace, "")));
        }
        CustomKind custom = target.resource().custom();
        if (verb == Verb.CREATE && custom != null && custom.ending()) {
            throw Refusal.of(
                    405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating");
        }
        Call call = new Call(
                request,
                target,
                query,
                user,
                Accept.of(request.header("accept")).choose(protobuf.writes(target.resource())));
        return switch (verb) {
            case GET -> target.subresource().equals("scale") ? change.scale(call) : reader.get(call);
            case LIST -> reader.list(call);
            case WATCH -> watcher.watch(call);
            case CREATE -> creation.create(call);
            case UPDATE -> change.put(call);
            case PATCH -> change.patch(call);
            case DELETE -> deletion.delete(call);
            case DELETECOLLECTION -> deletion.collection(call);
        };
    }

    /** An explanation of an address tells about Services of any namespace. */
    Reply explain(Visit visit, User user) throws InterruptedException {
        allowedToGet(visit, user, "services/explain", "");
        return explaining.anywhere(Query.of(visit.request().target()));
    }

    /** What passes through the Services of a namespace, or of all. */
    Reply traffic(Visit visit, User user) throws InterruptedException {
        String namespace = Query.of(visit.request().target()).text("namespace");
        allowedToGet(visit, user, "services/traffic", namespace);
        return counting.answer(namespace);
    }

    private void allowedToGet(Visit visit, User user, String what, String namespace) {
        Act act = new Act.OnObject("get", "", what, namespace, "");
        Decision decision = authorizer.decide(user, act);
        visit.decided(decision);
        if (!decision.allowed()) {
            throw Refusal.of(403, "Forbidden", what + " is forbidden: " + act.refused(user, decision));
        }
    }

    private static Verb verb(String method, Target target, Query query) {
        boolean one = target.one();
        if (target.subresource().equals(Target.PROXY)) {
            return proxied(method);
        }
        if (PodStreams.SUBRESOURCES.contains(target.subresource())) {
            return switch (method) {
                case "GET" -> Verb.GET;
                case "POST" -> Verb.CREATE;
                default -> throw Refusal.notAllowed();
            };
        }
        if (target.subresource().equals(TOKEN)) {
            if (!method.equals("POST")) {
                throw Refusal.notAllowed();
            }
            return Verb.CREATE;
        }
        Verb verb = switch (method) {
            case "GET", "HEAD" -> {
                boolean watch = target.watchPath() || query.truth("watch");
                yield watch && target.subresource().isEmpty() ? Verb.WATCH : one ? Verb.GET : Verb.LIST;
            }
            case "POST" -> one ? null : Verb.CREATE;
            case "PUT" -> one ? Verb.UPDATE : null;
            case "PATCH" -> one ? Verb.PATCH : null;
            case "DELETE" -> one ? Verb.DELETE : Verb.DELETECOLLECTION;
            default -> null;
        };
        boolean served =
                verb != null && (verbless(target) || target.resource().verbs().contains(verb.text()));
        boolean readOnly = READ_ONLY.contains(target.subresource());
        boolean whole = target.subresource().isEmpty()
                || verb == Verb.GET
                || !readOnly && (verb == Verb.UPDATE || verb == Verb.PATCH);
        if (verb == null || !served || !whole) {
            throw Refusal.notAllowed();
        }
        return verb;
    }

    /** What may be done through a proxy is asked by the method, whatever it means there. */
    private static Verb proxied(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS" -> Verb.GET;
            case "POST" -> Verb.CREATE;
            case "PUT" -> Verb.UPDATE;
            case "PATCH" -> Verb.PATCH;
            case "DELETE" -> Verb.DELETE;
            default -> throw Refusal.notAllowed();
        };
    }

    private static boolean verbless(Target target) {
        return !target.subresource().isEmpty();
    }

    private void authorize(Visit visit, User user, Verb verb, Target target, Query query) {
        Resource resource = target.resource();
        String what =
                target.subresource().isEmpty() ? resource.plural() : resource.plural() + "/" + target.subresource();
        // A namespace is an object of the whole cluster, and what is done to it is done in it.
        String namespace = resource.qualified().equals("namespaces") ? target.name() : target.namespace();
        boolean selected = SELECTED.contains(verb) && !target.one() && query.has("fieldSelector");
        String name = selected
                ? Selection.of(query, resource).name() // a list of one object is about that object
                : target.name();
        Act.OnObject act = new Act.OnObject(verb.text(), resource.group(), what, namespace, name);
        Decision decision = authorizer.decide(user, act);
        visit.decided(decision);
        if (!decision.allowed()) {
            throw Refusal.forbidden(resource, name, act.refused(user, decision));
        }
    }
}

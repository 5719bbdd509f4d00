// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.access.Reviews;
import dev.fairlead.apiserver.access.Wish;
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
import dev.fairlead.apiserver.request.Verb;
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
    private static final Set<Verb> SELECTED = Set.of(Verb.LIST, Verb.WATCH, Verb.DELETECOLLECTION);

    /** Notes what a request is about that may be refused before it is answered. */
    static void note(Visit visit, Target target) {
        try {
            verb(visit, target, Query.of(visit.request().target()));
        } catch (Refusal toldLater) {
            // what cannot be asked is refused when it is known who asks
        }
    }

    /** Why what cannot be done is not: who might not do it if it could be hears only of that. */
    Refusal refused(Visit visit, User user, Refusal impossible) {
        Act wanted = Wish.of(visit.request());
        Decision decision = authorizer.decide(user, wanted);
        visit.decided(decision);
        if (decision.allowed()) {
            return impossible;
        }
        String why = wanted.refused(user, decision);
        return switch (wanted) {
            case Act.OnObject object -> {
                int slash = object.resource().indexOf('/');
                String plural =
                        slash < 0 ? object.resource() : object.resource().substring(0, slash);
                yield object.name().isEmpty()
                        ? Refusal.forbidden(object.group(), plural, why)
                        : Refusal.forbidden(object.group(), plural, object.name(), why);
            }
            case Act.OnPath _ -> Refusal.forbidden(why);
        };
    }

    private static Verb verb(Visit visit, Target target, Query query) {
        String method = visit.request().method();
        visit.about(target, method.toLowerCase(Locale.ROOT));
        Verb verb = target.verb(method, query);
        visit.about(target, verb.text());
        return verb;
    }

    Reply answer(Visit visit, Target target, User user) throws InterruptedException {
        Request request = visit.request();
        Query query = Query.of(request.target());
        Verb verb;
        try {
            verb = verb(visit, target, query);
        } catch (Refusal impossible) {
            throw refused(visit, user, impossible);
        }
        authorize(visit, user, verb, target, query);
        if (verb == Verb.GET && target.subresource().connects()) {
            authorize(visit, user, Verb.CREATE, target, query);
        }
        return switch (target.subresource()) {
            case ITSELF -> itself(request, verb, target, query, user);
            case ATTACH -> streams.attach(request, target, query);
            case EVICTION -> deletion.evict(call(request, target, query, user));
            case EXEC -> streams.exec(request, target, query);
            case EXPLAIN ->
                explaining.service(
                        new ObjectName(target.namespace(), target.name()),
                        query,
                        namespace -> authorizer.allows(
                                user, new Act.OnObject("get", "", "services/explain", namespace, "")));
            case FINALIZE, STATUS -> stored(verb, call(request, target, query, user));
            case LOG -> logs.answer(target, query);
            case PORTFORWARD -> streams.forward(request, target, query);
            case PROXY -> proxy.answer(request, target);
            case SCALE -> {
                Call call = call(request, target, query, user);
                yield verb == Verb.GET ? change.scale(call) : stored(verb, call);
            }
            case TOKEN -> tokens.issue(target, decoder.tree(request), user);
        };
    }

    private Reply itself(Request request, Verb verb, Target target, Query query, User user)
            throws InterruptedException {
        Resource resource = target.resource();
        if (resource.isQuestion()) {
            return Answers.json(201, reviews.answer(resource, target.namespace(), decoder.tree(request), user));
        }
        CustomKind custom = resource.custom();
        if (verb == Verb.CREATE && custom != null && custom.ending()) {
            throw Refusal.of(
                    405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating");
        }
        return stored(verb, call(request, target, query, user));
    }

    private Call call(Request request, Target target, Query query, User user) {
        Accept accepted = Accept.of(request.header("accept"));
        return new Call(request, target, query, user, accepted.choose(protobuf.writes(target.resource())));
    }

    private Reply stored(Verb verb, Call call) throws InterruptedException {
        return switch (verb) {
            case GET -> reader.get(call);
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

    private void authorize(Visit visit, User user, Verb verb, Target target, Query query) {
        Resource resource = target.resource();
        // A namespace is an object of the whole cluster, and what is done to it is done in it.
        String namespace = resource.qualified().equals("namespaces") ? target.name() : target.namespace();
        boolean selected = SELECTED.contains(verb) && !target.one() && query.has("fieldSelector");
        String name = selected
                ? Selection.of(query, resource).name() // a list of one object is about that object
                : target.name();
        Act.OnObject act = new Act.OnObject(
                verb.text(), resource.group(), target.subresource().of(resource), namespace, name);
        Decision decision = authorizer.decide(user, act);
        visit.decided(decision);
        if (!decision.allowed()) {
            throw Refusal.forbidden(resource, name, act.refused(user, decision));
        }
    }
}

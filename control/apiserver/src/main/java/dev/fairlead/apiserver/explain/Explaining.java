// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.explain.Explanation;
import dev.fairlead.core.explain.Question;
import dev.fairlead.core.explain.Question.Target;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.time.Time;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers why a Service works or does not: {@code services/NAME/explain}, and {@code /explain} for addresses and node ports.
 * Parameters: {@code port} (name or number), {@code from} (the client's pod, {@code namespace/name} or a name), at {@code
 * /explain} also {@code address} or {@code nodePort}; {@code format=text} gives one screen of plain words.
 */
public final class Explaining {
    /** Where addresses and node ports are explained. */
    public static final String PATH = "/explain";

    private final Gathering gathering;

    /** Explains what is in {@code store} and what the nodes behind {@code door} say. */
    public Explaining(Store store, Kinds kinds, NodeDoor door, Time time) {
        this.gathering = new Gathering(store, kinds, door, time);
    }

    /**
     * About a Service by its name.
     *
     * @param readable of which namespaces the asker may know; nothing is said of others' pods, nor of Services like the one
     *     that is looked for
     */
    public Reply service(ObjectName name, Query query, Predicate<String> readable) throws InterruptedException {
        return answer(new Target.Named(name), name.namespace(), query, readable);
    }

    /** About an address or a node port. */
    public Reply anywhere(Query query) throws InterruptedException {
        Long nodePort = query.whole("nodePort");
        if (nodePort != null) {
            return answer(new Target.NodePort(port(nodePort, "nodePort")), "default", query, _ -> true);
        }
        String text = query.text("address");
        IpAddress address = IpAddress.parse(text)
                .orElseThrow(() -> Refusal.badRequest(
                        "the query parameter address must be an IP address, not \"" + text + "\"; or give nodePort"));
        Long port = query.whole("port");
        return answer(new Target.At(address, port == null ? 0 : port(port, "port")), "default", query, _ -> true);
    }

    private static int port(long number, String parameter) {
        if (number < 1 || number > 65_535) {
            throw Refusal.badRequest(
                    "the query parameter " + parameter + " must be between 1 and 65535, not " + number);
        }
        return (int) number;
    }

    private Reply answer(Target target, String namespace, Query query, Predicate<String> readable)
            throws InterruptedException {
        boolean named = target instanceof Target.Named;
        ObjectName from = client(query.text("from"), namespace);
        if (from != null && !readable.test(from.namespace())) {
            throw Refusal.of(
                    403,
                    "Forbidden",
                    "from is a pod of the namespace \"" + from.namespace() + "\", which you may not ask");
        }
        Question question = new Question(target, named ? query.text("port") : "", from);
        Explanation explanation = Explanation.of(gathering.of(question, readable));
        return query.text("format").equals("text")
                ? Answers.text(200, explanation.text())
                : Answers.json(200, explanation.tree());
    }

    private static @Nullable ObjectName client(String text, String namespace) {
        int slash = text.indexOf('/');
        if (text.isEmpty()) {
            return null;
        }
        return slash < 0
                ? new ObjectName(namespace, text)
                : new ObjectName(text.substring(0, slash), text.substring(slash + 1));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.store.Store;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.Messages;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers {@code exec}, {@code attach} and {@code portforward} of pods with a WebSocket, or with SPDY. */
public final class PodStreams {
    private static final String V5 = "v5.channel.k8s.io";
    private static final String V4 = "v4.channel.k8s.io";
    private static final String TUNNEL = "SPDY/3.1+portforward.k8s.io";
    private static final String PORTS = "portforward.k8s.io";

    /** What WebSockets can speak here ({@code Sec-WebSocket-Protocol}). */
    public static final List<String> PROTOCOLS = List.of(V5, V4, TUNNEL, PORTS);

    private static final int MOST_PORTS = 64;

    private final Store store;
    private final NodeDoor nodes;
    private final Logs logs;

    /** Talks with pods by way of {@code nodes}. */
    public PodStreams(Store store, NodeDoor nodes, Logs logs) {
        this.store = store;
        this.nodes = nodes;
        this.logs = logs;
    }

    /** Runs a command; its streams become those of the request's connection. */
    public Reply exec(Request request, Target target, Query query) throws InterruptedException {
        List<String> words = query.values().getOrDefault("command", List.of());
        if (words.isEmpty()) {
            throw Refusal.badRequest("you must specify at least 1 command for the container");
        }
        PodContainer container = PodContainer.of(store, target, query.text("container"));
        Agreed agreed = Agreed.on(request, List.of(V5, V4), V4);
        Command command = new Command(words, query.truth("stdin"), query.truth("tty"));
        Messages talk;
        try {
            talk = new CommandTalk(nodes.run(container.pod(), container.name(), command), command.input()).start();
        } catch (IOException refused) {
            talk = new Failed(String.valueOf(refused.getMessage()));
        }
        return switched(agreed, query, talk);
    }

    /** What a container's command prints from now on. */
    public Reply attach(Request request, Target target, Query query) throws InterruptedException {
        PodContainer container = PodContainer.of(store, target, query.text("container"));
        Agreed agreed = Agreed.on(request, List.of(V5, V4), V4);
        Reply log = logs.read(target, container, Map.of("follow", "true", "tailLines", "0"));
        return log instanceof Reply.Streamed streamed ? switched(agreed, query, new Told(streamed.stream())) : log;
    }

    /** Connections to ports of a pod. */
    public Reply forward(Request request, Target target, Query query) throws InterruptedException {
        byte[] pod = PodContainer.pod(store, target);
        Agreed agreed = Agreed.on(request, List.of(TUNNEL, V4, PORTS), PORTS);
        PortChannels.Dialling dial = port -> nodes.dial(pod, port);
        boolean streams = agreed.spdy() || agreed.protocol().equals(TUNNEL);
        return agreed.switched(streams ? new PortTunnel(dial) : new PortChannels(ports(query), dial));
    }

    private static List<Integer> ports(Query query) {
        List<Integer> ports = new ArrayList<>();
        for (String list : query.values().getOrDefault("ports", List.of())) {
            for (String text : list.split(",", -1)) {
                int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
                if (port < 1 || port > 65_535) {
                    throw Refusal.badRequest(
                            "query parameter \"ports\": expected port numbers from 1 to 65535, got \"" + text + "\"");
                }
                ports.add(port);
            }
        }
        if (ports.isEmpty() || ports.size() > MOST_PORTS) {
            throw Refusal.badRequest("query parameter \"ports\" is required, with 1 to " + MOST_PORTS + " ports");
        }
        return ports;
    }

    /** A talk in the form that was agreed on. */
    private static Reply switched(Agreed agreed, Query query, Messages talk) {
        return agreed.switched(agreed.spdy() ? new SpdyTalk(talk, streams(query)) : talk);
    }

    /** The channels that a client has streams for, by what it asked for. */
    private static Set<Integer> streams(Query query) {
        boolean terminal = query.truth("tty");
        Set<Integer> streams = new HashSet<>(Set.of(Channels.OUTCOME));
        if (query.truth("stdin")) {
            streams.add(Channels.INPUT);
        }
        if (query.truth("stdout")) {
            streams.add(Channels.OUTPUT);
        }
        if (query.truth("stderr") && !terminal) {
            streams.add(Channels.ERRORS);
        }
        if (terminal) {
            streams.add(Channels.RESIZE);
        }
        return streams;
    }
}

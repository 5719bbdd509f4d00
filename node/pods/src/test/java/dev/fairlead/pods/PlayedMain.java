// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.pods.played.Played.Troupe;
import java.nio.file.Path;
import java.util.Arrays;

/** What {@link PlayedWithoutNativeCodeTest} starts in a JVM that may not call native code. */
public final class PlayedMain {
    private PlayedMain() {}

    /** Arguments: a directory to work in, how many pods to play one after the other. */
    public static void main(String[] arguments) throws Exception {
        Troupe troupe = new Troupe(true);
        TestNode node = new TestNode(Path.of(arguments[0]), 206, settings -> settings.withCast(troupe));
        long[] micros = new long[Integer.parseInt(arguments[1])];
        for (int i = 0; i < micros.length; i++) {
            long began = System.nanoTime();
            ObjectName pod = node.create(
                    "web" + i,
                    "{'containers': [{'name': 'c', 'ports': [{'name': 'http', 'containerPort': 8080}],"
                            + " 'readinessProbe': {'httpGet': {'port': 'http'}}}]}");
            node.await(pod, now -> now.text("phase", "").equals("Running"));
            micros[i] = (System.nanoTime() - began) / 1000;
            node.await(pod, TestNode::ready);
            node.api.requestDeletion(pod, 30);
            node.awaitGone(pod);
        }
        node.close();
        Arrays.sort(micros);
        System.out.println("processes: " + ProcessHandle.current().children().count());
        System.out.println("from object to Running: median " + micros[micros.length / 2] + " us");
    }
}

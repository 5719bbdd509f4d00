// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import java.net.HttpURLConnection;

/** A program that uses a cluster and forgets to close it; what {@link LoneJvmTest} runs, with nothing but this library on the class path. */
final class LoneJvm {
    private LoneJvm() {}

    public static void main(String[] arguments) throws Exception {
        for (ClusterOptions options : new ClusterOptions[] {
            ClusterOptions.usual().withName("closed"),
            ClusterOptions.usual().withPlainHttp().withName("left")
        }) {
            FairleadCluster cluster = FairleadCluster.start(options);
            cluster.apply("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: web}
                    spec: {selector: {app: web}, ports: [{port: 8080}]}
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: web, labels: {app: web}}
                    spec: {containers: [{name: web, image: example/web}]}
                    """);
            cluster.pods("app=web").serveText("hello");
            HttpURLConnection asked = (HttpURLConnection)
                    cluster.service("web").awaitReady().uri().toURL().openConnection();
            System.out.println(options.name() + " " + asked.getResponseCode());
            if (options.name().equals("closed")) {
                cluster.close();
            }
        }
    }
}

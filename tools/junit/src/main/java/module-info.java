/** A Kubernetes cluster inside a test. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.junit {
    requires static transitive org.jspecify;
    requires static transitive org.junit.jupiter.api;
    requires transitive jdk.httpserver;
    requires static transitive org.assertj.core;
    requires static dev.fairlead.cli;
    requires static dev.fairlead.agent;
    requires static dev.fairlead.apiserver;
    requires static dev.fairlead.controllers;

    exports dev.fairlead.junit;
    exports dev.fairlead.junit.assertj;
    exports dev.fairlead.junit.extension;
    exports dev.fairlead.junit.loading;

    provides java.net.spi.InetAddressResolverProvider with
            dev.fairlead.junit.names.ClusterResolverProvider;
}

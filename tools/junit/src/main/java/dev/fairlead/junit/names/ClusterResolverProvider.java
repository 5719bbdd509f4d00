// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.names;

import dev.fairlead.junit.names.ClusterNames.Found;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.stream.Stream;

/** Lets {@link InetAddress} find the names of clusters; all others go to the JVM's own resolver. Found by {@code ServiceLoader}. */
public final class ClusterResolverProvider extends InetAddressResolverProvider {
    /** For {@code ServiceLoader}. */
    public ClusterResolverProvider() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver builtIn = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return switch (ClusterNames.find(host)) {
                    case Found.At(List<InetAddress> addresses) -> addresses.stream();
                    case Found.Elsewhere _ -> builtIn.lookupByName(host, policy);
                    case Found.Unknown(String message) -> elsewhere(host, policy, message);
                };
            }

            private Stream<InetAddress> elsewhere(String host, LookupPolicy policy, String message)
                    throws UnknownHostException {
                try {
                    return builtIn.lookupByName(host, policy);
                } catch (UnknownHostException nobodyKnows) {
                    throw new UnknownHostException(message);
                }
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return builtIn.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "fairlead";
    }
}

/**
 * What a client asks for, read out of a request: {@link dev.fairlead.apiserver.request.Target} is the path and what the method
 * does there, {@link dev.fairlead.apiserver.request.Subresource} the table of what there is below an object, {@link
 * dev.fairlead.apiserver.request.Query} what follows it, {@link dev.fairlead.apiserver.request.Accept} the form of the
 * answer, {@link dev.fairlead.apiserver.request.Selection} which objects; {@link dev.fairlead.apiserver.request.Call} holds
 * them together. Decides only.
 */
package dev.fairlead.apiserver.request;

package cosell;

import java.lang.reflect.Method;
import java.net.URI;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.partnercentralselling.PartnerCentralSellingClient;
import software.amazon.awssdk.services.partnercentralselling.model.PartnerCentralSellingRequest;
import software.amazon.awssdk.services.partnercentralselling.model.PartnerCentralSellingResponse;

/** A client with an account of its own, so that tests never see each other's records. */
final class Partner {
  /** Names of the operations that the server has answered with success. */
  static final Set<String> ANSWERED = new ConcurrentSkipListSet<>();

  final String account = "%012d".formatted(ThreadLocalRandom.current().nextLong(1_000_000_000_000L));
  final PartnerCentralSellingClient client = PartnerCentralSellingClient.builder()
      .endpointOverride(URI.create(System.getenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING")))
      .region(Region.US_EAST_1)
      .httpClient(UrlConnectionHttpClient.create())
      .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(account, "test")))
      .overrideConfiguration(c -> c.addExecutionInterceptor(new Recorder()))
      .build();

  /** Returns the names of all operations that the client has a method for. */
  static Set<String> known() {
    Set<String> names = new TreeSet<>();
    for (Method method : PartnerCentralSellingClient.class.getMethods()) {
      Class<?>[] takes = method.getParameterTypes();
      if (takes.length == 1 && PartnerCentralSellingRequest.class.isAssignableFrom(takes[0])
          && PartnerCentralSellingResponse.class.isAssignableFrom(method.getReturnType())) {
        names.add(method.getName().substring(0, 1).toUpperCase() + method.getName().substring(1));
      }
    }
    return names;
  }

  private static final class Recorder implements ExecutionInterceptor {
    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      ANSWERED.add(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
    }
  }
}

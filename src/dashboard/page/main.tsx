import './process.js';
import { render } from 'preact';
import { useAddress } from './address.js';
import { useSweep, type Connection } from './follow.js';
import { Header } from './header.js';
import { Sweep } from './sweep.js';
import { useTheme } from './theme.js';

function App() {
  const [address, navigate] = useAddress();
  const { state, connection, epoch } = useSweep(address.sweep);
  const theme = useTheme();
  return (
    <>
      <Header
        state={state}
        connection={connection}
        theme={theme}
        onSweep={(sweep) => {
          navigate({ sweep, a: [], b: [], isChosen: false, task: null, options: {} });
        }}
      />
      {state === null ? (
        <main>
          <p class="hint">{WAITING[connection]}</p>
        </main>
      ) : (
        <Sweep
          key={state.name}
          state={state}
          epoch={epoch}
          address={address}
          navigate={navigate}
          isDark={theme.isDark}
        />
      )}
    </>
  );
}

const WAITING: Readonly<Record<Connection, string>> = {
  connecting: 'Reading the store …',
  live: 'Reading the store …',
  lost: 'The server is not responding.',
  refused: 'The server refused the connection. If it requires a token, open the URL that it printed.',
};

const place = document.getElementById('app');
if (place !== null) {
  place.replaceChildren();
  render(<App />, place);
}

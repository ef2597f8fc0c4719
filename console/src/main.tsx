import { createRoot } from 'react-dom/client'
import { Application } from './app/Application'
import './app/app.css'

const root = document.getElementById('root')
if (root) createRoot(root).render(<Application />)
